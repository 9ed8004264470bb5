/** What stands at `/` until the apps do: says what this is and where the API is. */
export const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Portico</title></head>
<body>
<main>
<h1>Portico</h1>
<p>The shop's API is at <a href="/v1/products">/v1/products</a>, <code>/v1/users</code>, <code>/v1/sessions</code>,
<code>/v1/orders</code> and <code>/v1/payments</code>. The README shows the way to a paid order.</p>
</main>
</body>
</html>
`
