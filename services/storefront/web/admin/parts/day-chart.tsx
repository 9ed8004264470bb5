import { useId } from 'react'
import { formatDay } from '../../shared/ui/format.ts'
import { ScrollRegion } from '../../shared/ui/scroll-region.tsx'

export interface DayValue {
  /** Of UTC, YYYY-MM-DD. */
  readonly day: string
  readonly value: number
}

interface DayChartProps {
  readonly title: string
  /** The whole in words, such as a sum; stands large beside the bars. */
  readonly total: string
  readonly values: readonly DayValue[]
  readonly format: (value: number) => string
  readonly tone?: 'brand' | 'bad'
}

const WIDTH = 300
const HEIGHT = 90
const GAP = 2

/** Bars over days. What they say in numbers is in a table below, for whoever can't see them or wants it exact. */
export function DayChart({ title, total, values, format, tone = 'brand' }: DayChartProps) {
  const id = useId()
  const top = Math.max(1, ...values.map(({ value }) => value))
  const width = WIDTH / Math.max(1, values.length)
  const [first, last] = [values[0], values.at(-1)]
  const peak = values.find(({ value }) => value === top)
  const words = peak ? `most on ${formatDay(peak.day)}: ${format(peak.value)}` : 'nothing yet'
  return (
    <figure className="chart card">
      <figcaption id={id} className="row row--apart">
        <span>{title}</span>
        <strong className="chart__total">{total}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={`chart__bars chart__bars--${tone}`}
        role="img"
        aria-label={`${title} per day, ${words}`}
        preserveAspectRatio="none"
      >
        {values.map(({ day, value }, index) => {
          const height = value === 0 ? 1 : Math.max(3, (value / top) * (HEIGHT - 4))
          return (
            <rect
              key={day}
              x={index * width + GAP / 2}
              y={HEIGHT - height}
              width={Math.max(1, width - GAP)}
              height={height}
              className={value === 0 ? 'chart__none' : undefined}
            >
              <title>{`${formatDay(day)}: ${format(value)}`}</title>
            </rect>
          )
        })}
      </svg>
      <p className="row row--apart small soft" aria-hidden="true">
        <span>{first && formatDay(first.day)}</span>
        <span>{last && formatDay(last.day)}</span>
      </p>
      <details>
        <summary className="small">As a table</summary>
        <ScrollRegion className="table chart__table" label={`${title} per day`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Day (UTC)</th>
                <th scope="col" className="table__number">
                  {title}
                </th>
              </tr>
            </thead>
            <tbody>
              {values.map(({ day, value }) => (
                <tr key={day}>
                  <th scope="row">{formatDay(day)}</th>
                  <td className="table__number">{format(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      </details>
    </figure>
  )
}
