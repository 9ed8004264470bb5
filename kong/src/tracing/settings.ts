/** What spans are made of. Source: Kong 3.9, `tracing_instrumentations` in kong.conf; the others are not there. */
export const INSTRUMENTATIONS = [
  'request',
  'router',
  'balancer',
  'plugin_rewrite',
  'plugin_access',
  'plugin_header_filter',
] as const

export type Instrumentation = (typeof INSTRUMENTATIONS)[number]

export interface TracingSettings {
  /** Empty: no request is traced, and plugins only pass trace headers on. */
  readonly instrumentations: ReadonlySet<Instrumentation>
  /** The part of all traces that is exported, 0 to 1, where a plugin's configuration says nothing. */
  readonly samplingRate: number
}

/** Kong's defaults. */
export const noTracing: TracingSettings = { instrumentations: new Set(), samplingRate: 0.01 }
