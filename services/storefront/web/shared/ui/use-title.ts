import { useEffect } from 'react'

/** The page's title in the browser's tab and history. */
export function useTitle(title: string, site = 'Portico'): void {
  useEffect(() => {
    document.title = title === site ? site : `${title} · ${site}`
  }, [title, site])
}
