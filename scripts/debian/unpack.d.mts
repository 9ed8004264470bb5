export declare function canUnpack(): boolean
export declare function unpackDebianPackages(options: {
  readonly name: string
  readonly packages: readonly string[]
  readonly tools: string
  readonly log: string
}): Promise<string | undefined>
export declare function writeLauncher(
  path: string,
  options: {
    readonly folder: string
    readonly program: string
    readonly options?: string
    readonly inFolder?: boolean
  },
): void
