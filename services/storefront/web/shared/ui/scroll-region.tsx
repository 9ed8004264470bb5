import type { ReactNode } from 'react'

interface ScrollRegionProps {
  /** What is in it; read out, not shown. */
  readonly label: string
  readonly className: string
  readonly children: ReactNode
}

/** A part of the page that scrolls by itself where it is too narrow: the keyboard reaches it too (WCAG 2.1.1). */
export function ScrollRegion({ label, className, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
