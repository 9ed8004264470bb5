/** Test only: payment-service makes every third charge twice, under two keys. */
if (process.env.PORTICO_FAULTS_PROCESS === 'payment') {
  const send = globalThis.fetch
  let charges = 0
  globalThis.fetch = async (input, init) => {
    const address = String(input)
    if (/\/charges\/[^/]+$/.test(address) && ++charges % 3 === 0) {
      await send(address.replace(/(:|%3A)\d+$/, '$199'), init)
    }
    return send(input, init)
  }
}
