import { fromBytes, normalisePath, toBytes } from '../paths.ts'
import { isTable, type Table } from '../schema/lua-table.ts'

/**
 * A document of format 1.1 or 2.1 in the terms of 3.0, where a regular expression among the paths is told by `~`: a
 * path of plain characters is normalised, any other was an expression all along (kong-behaviour 1.2).
 */
export function migratePaths(document: Table): Table {
  if (document._format_version !== '1.1' && document._format_version !== '2.1') return document
  return {
    ...document,
    _format_version: '3.0',
    ...(Array.isArray(document.services) && { services: document.services.map(withRoutes) }),
    ...(Array.isArray(document.routes) && { routes: document.routes.map(withPaths) }),
  }
}

function withRoutes(service: unknown): unknown {
  if (!isTable(service) || !Array.isArray((service as Table).routes)) return service
  return { ...service, routes: ((service as Table).routes as unknown[]).map(withPaths) }
}

function withPaths(route: unknown): unknown {
  if (!isTable(route) || !Array.isArray((route as Table).paths)) return route
  return {
    ...route,
    paths: ((route as Table).paths as unknown[]).map((path) => (typeof path === 'string' ? migratePath(path) : path)),
  }
}

function migratePath(path: string): string {
  if (/^[A-Za-z0-9._~/%-]*$/.test(path)) return fromBytes(normalisePath(toBytes(path)))
  return `~${fromBytes(toBytes(path).replace(/%([0-9a-f]{2})/gi, decodeUnreserved))}`
}

/** A character that needs no encoding is decoded, and escaped where it means something in a regular expression. */
function decodeUnreserved(whole: string, hex: string): string {
  const char = String.fromCharCode(Number.parseInt(hex, 16))
  if (/[\w.~-]/.test(char)) return /[.-]/.test(char) ? `\\${char}` : char
  return whole.toUpperCase()
}
