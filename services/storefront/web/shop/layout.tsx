import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Announcer } from '../shared/ui/announcer.tsx'
import { Footer } from './parts/footer.tsx'
import { Header } from './parts/header.tsx'

/** What stands around every page, and takes the focus along on a navigation. */
export function Layout() {
  useFocusAfterNavigation()
  return (
    <>
      <a className="visually-hidden skip-link" href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
      <Announcer />
    </>
  )
}

/** A new page begins at its heading, for those who hear it and those who tab through it. */
function useFocusAfterNavigation(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
        if (!pathChanged || !fromLocation) return
        const target = document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main')
        target?.focus({ preventScroll: true })
      }),
    [router],
  )
}
