/** How the shop speaks of its departments. One that the catalogue has and this list has not is shown by its own name. */
export const departments = [
  { id: 'kitchen', name: 'Kitchen', line: 'Pans, boards and a good knife', sku: 'KIT-005' },
  { id: 'desk', name: 'Desk', line: 'For thinking on paper', sku: 'DES-003' },
  { id: 'garden', name: 'Garden', line: 'Tools that outlive a winter', sku: 'GAR-003' },
  { id: 'home', name: 'Home', line: 'Wool, linen, brass', sku: 'HOM-003' },
  { id: 'travel', name: 'Travel', line: 'Light and hard to lose', sku: 'TRA-001' },
  { id: 'music', name: 'Music', line: 'Small sounds for small rooms', sku: 'MUS-001' },
  { id: 'games', name: 'Games', line: 'Rules older than screens', sku: 'GAM-001' },
  { id: 'outdoor', name: 'Outdoor', line: 'For rain, fire and far away', sku: 'OUT-001' },
] as const

export function departmentName(category: string): string {
  return departments.find(({ id }) => id === category)?.name ?? category.charAt(0).toUpperCase() + category.slice(1)
}
