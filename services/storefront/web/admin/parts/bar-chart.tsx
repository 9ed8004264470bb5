import { useId } from 'react'
import { ScrollRegion } from '../../shared/ui/scroll-region.tsx'

export interface Bar {
  readonly key: string
  /** What stands on the axis, such as a day. */
  readonly label: string
  /** Null where it is not known. */
  readonly value: number | null
}

interface BarChartProps {
  readonly title: string
  /** The whole in words, such as a sum; stands large beside the bars. */
  readonly total: string
  readonly bars: readonly Bar[]
  readonly format: (value: number) => string
  /** What the bars stand for, such as `Day (UTC)`. */
  readonly axis: string
  readonly tone?: 'brand' | 'bad'
}

const WIDTH = 300
const HEIGHT = 90
const MAX_GAP = 2

/** Bars side by side. What they say in numbers is in a table below, for whoever can't see them or wants it exact. */
export function BarChart({ title, total, bars, format, axis, tone = 'brand' }: BarChartProps) {
  const id = useId()
  const peak = peakOf(bars)
  const [first, last] = [bars[0], bars.at(-1)]
  return (
    <figure className="chart card">
      <figcaption id={id} className="chart__head">
        <span>{title}</span>
        <strong className="chart__total">{total}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={`chart__bars chart__bars--${tone}`}
        role="img"
        aria-label={`${title}, ${peak ? `most at ${peak.label}: ${format(peak.value ?? 0)}` : 'nothing yet'}`}
        preserveAspectRatio="none"
      >
        <Bars bars={bars} top={peak?.value ?? 1} format={format} />
      </svg>
      <p className="row row--apart small soft" aria-hidden="true">
        <span>{first?.label}</span>
        <span>{last?.label}</span>
      </p>
      <details>
        <summary className="small">As a table</summary>
        <ScrollRegion className="table chart__table" label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{axis}</th>
                <th scope="col" className="table__number">
                  {title}
                </th>
              </tr>
            </thead>
            <tbody>
              {bars.flatMap(({ key, label, value }) =>
                value === null ? (
                  []
                ) : (
                  <tr key={key}>
                    <th scope="row">{label}</th>
                    <td className="table__number">{format(value)}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </ScrollRegion>
      </details>
    </figure>
  )
}

/** The highest bar; undefined where none stands up. */
function peakOf(bars: readonly Bar[]): Bar | undefined {
  return bars.reduce<Bar | undefined>(
    (highest, bar) => ((bar.value ?? 0) > (highest?.value ?? 0) ? bar : highest),
    undefined,
  )
}

function Bars({ bars, top, format }: Pick<BarChartProps, 'bars' | 'format'> & { readonly top: number }) {
  const width = WIDTH / Math.max(1, bars.length)
  const gap = Math.min(MAX_GAP, width / 3)
  return bars.map(({ key, label, value }, index) => {
    if (value === null) return null
    const height = value === 0 ? 1 : Math.max(3, (value / top) * (HEIGHT - 4))
    return (
      <rect
        key={key}
        x={index * width + gap / 2}
        y={HEIGHT - height}
        width={width - gap}
        height={height}
        className={value === 0 ? 'chart__none' : undefined}
      >
        <title>{`${label}: ${format(value)}`}</title>
      </rect>
    )
  })
}
