import type { Category } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { listCategories } from '../shared/api/catalogue.ts'

/** The departments: the categories that the catalogue has now. They seldom change. */
export const useCategories = () =>
  useQuery({
    queryKey: ['categories'],
    queryFn: ({ signal }) => listCategories(signal),
    staleTime: 5 * 60_000,
  })

/** What the shop says of departments it knows. One that is not here is shown all the same. */
const lines: Readonly<Record<string, string>> = {
  kitchen: 'Pans, boards and a good knife',
  desk: 'For thinking on paper',
  garden: 'Tools that outlive a winter',
  home: 'Wool, linen, brass',
  travel: 'Light and hard to lose',
  music: 'Small sounds for small rooms',
  games: 'Rules older than screens',
  outdoor: 'For rain, fire and far away',
}

export const departmentLine = (category: string): string | undefined => lines[category]

export const departmentName = (category: string): string => category.charAt(0).toUpperCase() + category.slice(1)

/** The currency that the catalogue's prices are in, as far as they are in one. */
export function currencyOf(categories: readonly Category[]): string | undefined {
  const currencies = new Set(categories.flatMap(({ lowestPrices }) => lowestPrices.map(({ currency }) => currency)))
  return currencies.size === 1 ? [...currencies][0] : undefined
}
