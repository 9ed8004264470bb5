import type { EntityBase } from '../config/entities.ts'

/** The one workspace that there is without an enterprise licence. */
export const WORKSPACE = '0dc6f45b-8f8d-40d2-a504-473544ee190b'

/** An entity as Kong's plugins show it: with its workspace, without what is unset. */
export function entityJson(entity: EntityBase): Readonly<Record<string, unknown>> {
  const set = Object.entries(entity).filter(([, value]) => value !== null && value !== undefined)
  return { ...Object.fromEntries(set), ws_id: WORKSPACE }
}
