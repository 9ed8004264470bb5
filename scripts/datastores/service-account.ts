import { createHmac } from 'node:crypto'

/** The name of a service's database, and of its user there. */
export const databaseOf = (service: string): string => `portico_${service.replaceAll('-', '_')}`

/** The password of a service's user on a server, derived from the administrator's, which no service is given. */
export const servicePassword = (administrator: string, service: string): string =>
  createHmac('sha256', administrator).update(`service: ${service}`).digest('base64url')

/**
 * The URL by which a service uses its own database, as its own user.
 *
 * @param administrative The administrator's URL of the same server.
 */
export function serviceUrl(administrative: string, service: string): string {
  const url = new URL(administrative)
  url.password = servicePassword(url.password, service)
  url.username = databaseOf(service)
  url.pathname = `/${databaseOf(service)}`
  return url.href
}
