import { useTitle as useTitleOf } from '../../shared/ui/use-title.ts'

/** The page's title in the browser's tab and history. */
export const useTitle = (title: string): void => useTitleOf(title, 'Portico administration')
