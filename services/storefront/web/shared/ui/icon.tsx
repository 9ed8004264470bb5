const paths = {
  basket: 'M4 9h16l-1.6 10.2a1 1 0 0 1-1 .8H6.6a1 1 0 0 1-1-.8zM8 9l3-6M16 9l-3-6',
  person: 'M12 12a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4M4 21c.6-4.2 3.8-6 8-6s7.4 1.8 8 6',
  search: 'M10.5 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5',
  sun: 'M12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12 1.500v2.500M12 20v2.500M1.5 12H4M20 12h2.500M4.6 4.600l1.8 1.800M17.6 17.600l1.8 1.800M4.6 19.400l1.8-1.800M17.6 6.400l1.8-1.8',
  moon: 'M20 14.200A8.4 8.4 0 0 1 9.8 4 8.4 8.4 0 1 0 20 14.2',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  minus: 'M5 12h14',
  plus: 'M12 5v14M5 12h14',
  bin: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  check: 'M4 12.500l5 5L20 6.5',
  filter: 'M3 6h18M6 12h12M10 18h4',
  close: 'M5 5l14 14M19 5L5 19',
} as const

export type IconName = keyof typeof paths

/** A line drawing that says nothing to a screen reader: what it stands beside, or hidden text, does. */
export function Icon({ name, size = 22 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
