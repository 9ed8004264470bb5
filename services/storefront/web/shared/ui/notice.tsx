import type { ReactNode } from 'react'

interface NoticeProps {
  readonly tone?: 'told' | 'good' | 'bad' | 'waiting'
  readonly title: string
  readonly children?: ReactNode
}

/** A message in its place on the page. A bad one is read out at once, the others when there is a pause. */
export function Notice({ tone = 'told', title, children }: NoticeProps) {
  return (
    <div className={`notice notice--${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <p className="notice__title">{title}</p>
      {children}
    </div>
  )
}
