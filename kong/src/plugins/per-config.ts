import { oncePer } from '../once-per.ts'

/**
 * What a plugin derives from its configuration (compiled patterns, caches), made at first use and dropped with it: every
 * load makes new configuration objects.
 */
export const perConfig = oncePer
