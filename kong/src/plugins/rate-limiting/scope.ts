import type { PluginEntity } from '../../config/entities.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Instances of one scope share their counters, over reloads too. */
export function counterScope({ route, service }: PluginEntity): string {
  return `${route?.id ?? NOBODY}:${service?.id ?? NOBODY}`
}
