import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { desk } from './desk.ts'
import { games } from './games.ts'
import { garden } from './garden.ts'
import { home } from './home.ts'
import { kitchen } from './kitchen.ts'
import { music } from './music.ts'
import { outdoor } from './outdoor.ts'
import { box, type Drawings, HEIGHT, WIDTH } from './shapes.ts'
import { travel } from './travel.ts'

/** A room to stand in: its walls, of which each thing has another, and its table. */
interface Room {
  readonly walls: readonly string[]
  readonly table: string
  readonly drawings: Drawings
}

const rooms: readonly Room[] = [
  { walls: ['#f3d9b1', '#e9c9a0', '#f6e3c4'], table: '#d8b488', drawings: kitchen },
  { walls: ['#cfd9dd', '#bfcdd4', '#dde4e4'], table: '#9fb2bb', drawings: desk },
  { walls: ['#d3e0bd', '#c2d5ac', '#e2ead0'], table: '#a9c08d', drawings: garden },
  { walls: ['#efd3c9', '#e6c2b6', '#f4e2d8'], table: '#d3a594', drawings: home },
  { walls: ['#c4dbe6', '#b2cfde', '#d6e6ea'], table: '#8fb3c6', drawings: travel },
  { walls: ['#f0dca0', '#e7cf8a', '#f5e8c0'], table: '#cfae62', drawings: music },
  { walls: ['#d6cfe4', '#c7bdd9', '#e3ddec'], table: '#a99cc2', drawings: games },
  { walls: ['#c5dccb', '#b0cfbb', '#d8e7d8'], table: '#86ad94', drawings: outdoor },
]

/** The whole picture of a thing: the thing in its room. */
function compose(drawing: string, wall: string, table: string): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`
  return `${open}${box(0, 0, WIDTH, HEIGHT, wall)}${box(0, 384, WIDTH, HEIGHT - 384, table)}${drawing}</svg>\n`
}

/** Every picture by its article number. The same each time: what is drawn depends on nothing. */
export function drawPictures(): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>()
  for (const { walls, table, drawings } of rooms) {
    for (const [at, [sku, drawing]] of Object.entries(drawings).entries()) {
      pictures.set(sku, compose(drawing, walls[at % walls.length] ?? table, table))
    }
  }
  return pictures
}

/** Writes `SKU.svg` for every product of the demo catalogue into a folder. */
export function writePictures(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [sku, picture] of drawPictures()) writeFileSync(join(folder, `${sku}.svg`), picture)
}
