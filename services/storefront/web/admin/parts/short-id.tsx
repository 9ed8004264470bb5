/** The beginning of an id, which is enough to tell it from others and to find it; the whole is its tooltip. */
export const ShortId = ({ id }: { readonly id: string }) => (
  <span className="id" title={id}>
    {id.slice(0, 8)}
  </span>
)
