/** The drawing board is 400 wide and 480 high; things stand on a table whose edge is at 384. */
export const WIDTH = 400
export const HEIGHT = 480

/** One colour for each material, so that the whole catalogue is of one make. */
export const of = {
  steel: '#b4c0c6',
  silver: '#dfe6e8',
  iron: '#2d3438',
  copper: '#c9713f',
  brass: '#dca63f',
  wood: '#c48d55',
  oak: '#e0b57c',
  walnut: '#7a4a2a',
  clay: '#c5623e',
  cream: '#f4ead3',
  white: '#fcfaf3',
  leather: '#93572f',
  leaf: '#3f7350',
  moss: '#27503a',
  blue: '#2f5f94',
  sky: '#7fb2d6',
  red: '#b63c2c',
  rose: '#dd8f80',
  ink: '#22303a',
  felt: '#5a6a73',
  sand: '#dcc59a',
  sun: '#f2bd45',
} as const

export const box = (x: number, y: number, width: number, height: number, fill: string, radius = 0): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${radius > 0 ? ` rx="${radius}"` : ''}/>`

export const disc = (cx: number, cy: number, radius: number, fill: string): string =>
  `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${fill}"/>`

export const oval = (cx: number, cy: number, rx: number, ry: number, fill: string): string =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}"/>`

export const shape = (d: string, fill: string): string => `<path d="${d}" fill="${fill}"/>`

export const line = (d: string, stroke: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`

/** The side away from the window. */
export const shade = (d: string): string => `<path d="${d}" fill="#0b1a14" fill-opacity=".16"/>`

/** Where the light falls. */
export const gleam = (d: string): string => `<path d="${d}" fill="#fff" fill-opacity=".3"/>`

/** What a thing throws onto the table. */
export const shadow = (cx: number, rx: number, cy = 402): string =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${Math.round(rx / 9) + 4}" fill="#0b1a14" fill-opacity=".2"/>`

export const turned = (degrees: number, content: string, cx = 200, cy = 260): string =>
  `<g transform="rotate(${degrees} ${cx} ${cy})">${content}</g>`

/** The same at several places: `times(3, (at) => …)`. */
export const times = (count: number, draw: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => draw(at)).join('')

/** The drawings of one department by article number. */
export type Drawings = Readonly<Record<string, string>>
