/** `system` follows the computer's own setting. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'portico.theme'

export function readTheme(): Theme {
  const stored = localStorage.getItem(KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Applies a theme to the page and remembers it. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(KEY)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(KEY, theme)
    document.documentElement.dataset.theme = theme
  }
}

const darkComputer = matchMedia('(prefers-color-scheme: dark)')

/** Whether the page is dark at this moment, by choice or by the computer's setting. */
export const isDark = (theme: Theme): boolean => theme === 'dark' || (theme === 'system' && darkComputer.matches)

/** Calls when the computer's own setting changes. @returns how to end that */
export function watchComputer(listener: () => void): () => void {
  darkComputer.addEventListener('change', listener)
  return () => darkComputer.removeEventListener('change', listener)
}
