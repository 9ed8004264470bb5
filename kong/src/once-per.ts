/** A function that works something out once for each object that it is given, and forgets it with the object. */
export function oncePer<Key extends object, Derived>(derive: (key: Key) => Derived): (key: Key) => Derived {
  const known = new WeakMap<Key, { readonly derived: Derived }>()
  return (key) => {
    let entry = known.get(key)
    if (!entry) {
      entry = { derived: derive(key) }
      known.set(key, entry)
    }
    return entry.derived
  }
}
