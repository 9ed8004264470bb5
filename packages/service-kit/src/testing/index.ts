export * from './hostile.ts'
export * from './line.ts'
