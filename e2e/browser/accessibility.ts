import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe finds wrong with a page as it stands, by WCAG 2.2 A and AA and its best practices. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate<Violation[]>(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )
  const title = await page.title()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${title}: ${id}: ${html}\n${failureSummary}`),
  )
}

/** Whether something sticks out to the side: a page is read by scrolling down. */
export async function widthFaults(page: Page): Promise<string[]> {
  const [content = 0, window = 0] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]')
  return content > window ? [`${await page.title()}: ${content} wide in ${window}`] : []
}
