import { useState, useSyncExternalStore } from 'react'
import { chooseTheme, isDark, readTheme, watchComputer } from '../design/theme.ts'
import { Icon } from './icon.tsx'

/** Changes between the light and the dark page; until it is used the computer's setting holds. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme)
  const dark = useSyncExternalStore(watchComputer, () => isDark(theme))
  const change = () => {
    const next = dark ? 'light' : 'dark'
    chooseTheme(next)
    setTheme(next)
  }
  return (
    <button type="button" className="icon-button" aria-pressed={dark} onClick={change}>
      <Icon name={dark ? 'sun' : 'moon'} />
      <span className="visually-hidden">Dark page</span>
    </button>
  )
}
