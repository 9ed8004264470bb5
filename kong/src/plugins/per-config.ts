/**
 * What a plugin derives from its configuration (compiled patterns, caches), made at first use and dropped with it: every
 * load makes new configuration objects.
 */
export function perConfig<Config extends object, Derived>(
  derive: (config: Config) => Derived,
): (config: Config) => Derived {
  const known = new WeakMap<Config, Derived>()
  return (config) => {
    let derived = known.get(config)
    if (derived === undefined) {
      derived = derive(config)
      known.set(config, derived)
    }
    return derived
  }
}
