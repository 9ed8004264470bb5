/** While a page's own code is on its way. */
export function PagePending() {
  return (
    <div className="stack" aria-busy="true">
      <p className="visually-hidden">Loading</p>
      <span className="skeleton skeleton--title" />
      <span className="skeleton skeleton--block" />
    </div>
  )
}
