/** The Kong that the gateway behaves as. */
export const KONG_VERSION = '3.9.1'
export const SERVER = `kong/${KONG_VERSION}`
