import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

const pips = (x: number, y: number, places: readonly (readonly [number, number])[]): string =>
  places.map(([dx, dy]) => disc(x + dx, y + dy, 7, of.ink)).join('')

const domino = (x: number, y: number): string =>
  `${box(x, y, 84, 164, of.white, 14)}${shade(`M${x + 64} ${y}h6a14 14 0 0 1 14 14v136a14 14 0 0 1-14 14h-6z`)}${line(`M${x + 14} ${y + 82}h56`, of.steel, 4)}`

const marbles = [of.red, of.sky, of.leaf, of.sun, of.blue, of.clay, of.rose, of.moss, of.brass]

export const games: Drawings = {
  'GAM-001':
    shape('M40 400l50-84h220l50 84z', of.walnut) +
    times(4, (row) =>
      times(4, (at) => {
        const [x, y, w] = [90 - row * 12 + (at * 2 + (row % 2)) * (27.5 + row * 3), 316 + row * 21, 27.5 + row * 3]
        return shape(`M${x} ${y}h${w}l3 21h-${w + 3}z`, of.oak)
      }),
    ) +
    shape('M120 366q2-60 16-92h-12v-14h18q-16-26 8-44 24 18 8 44h18v14h-12q14 32 16 92z', of.ink) +
    shape('M216 360q0-44 16-76-22 6-28-10 34-16 40-48l14-16 8 18q40 34 22 132z', of.cream) +
    disc(256, 252, 4, of.ink) +
    shade('M262 222q44 30 22 138h-20q18-70-2-138z') +
    disc(150, 206, 10, of.ink),
  'GAM-002':
    box(70, 128, 260, 260, '#d9a94f', 6) +
    times(9, (at) => line(`M90 ${148 + at * 27.5}h220M${90 + at * 27.5} 148v220`, '#6d4d16', 2)) +
    [
      [2, 3, 0],
      [3, 3, 1],
      [4, 4, 0],
      [5, 3, 1],
      [3, 5, 0],
      [6, 6, 1],
      [2, 6, 1],
      [5, 5, 0],
      [6, 2, 0],
    ]
      .map(([x = 0, y = 0, white]) => disc(90 + x * 27.5, 148 + y * 27.5, 13, white ? of.white : of.ink))
      .join('') +
    box(70, 384, 260, 16, '#a87b2c', 4),
  'GAM-003':
    shadow(200, 140) +
    turned(
      -14,
      domino(86, 216) +
        pips(86, 216, [
          [22, 22],
          [62, 22],
          [42, 42],
          [22, 62],
          [62, 62],
          [24, 106],
          [60, 142],
        ]),
      128,
      300,
    ) +
    turned(
      10,
      domino(214, 220) +
        pips(214, 220, [
          [42, 42],
          [22, 104],
          [62, 104],
          [42, 124],
          [22, 144],
          [62, 144],
        ]),
      256,
      300,
    ),
  'GAM-004':
    shadow(200, 120) +
    turned(-18, `${box(110, 150, 150, 220, of.blue, 14)}${box(122, 162, 126, 196, '#4d7fb3', 8)}`, 200, 380) +
    turned(
      6,
      `${box(136, 140, 156, 230, of.white, 14)}${shape('M214 214q26-44 50-12 12 34-50 84-62-50-50-84 24-32 50 12z', of.red)}${shape('M156 168q6-10 12-3 3 8-12 20-15-12-12-20 6-7 12 3z', of.red)}`,
      200,
      380,
    ),
  'GAM-005':
    shadow(200, 110) +
    box(92, 240, 216, 52, of.wood, 6) +
    box(174, 158, 52, 216, of.walnut, 6) +
    box(120, 196, 52, 160, of.oak, 6) +
    box(228, 196, 52, 160, of.oak, 6) +
    box(92, 248, 216, 44, of.wood, 6) +
    box(106, 206, 188, 34, '#a86f3c', 6) +
    box(106, 300, 188, 34, '#a86f3c', 6) +
    shade('M262 200h46v140h-46z') +
    box(174, 248, 52, 44, '#8f5c30'),
  'GAM-006':
    shadow(200, 150) +
    box(52, 170, 296, 226, of.walnut, 10) +
    box(66, 184, 268, 198, of.leaf) +
    times(6, (at) => {
      const x = 68 + at * 22 + (at > 2 ? 2 : 0)
      const fill = at % 2 === 0 ? of.cream : of.red
      return `${shape(`M${x} 184h20l-10 82z`, fill)}${shape(`M${x} 382h20l-10-82z`, fill)}${shape(`M${x + 134} 184h20l-10 82z`, fill)}${shape(`M${x + 134} 382h20l-10-82z`, fill)}`
    }) +
    box(194, 184, 12, 198, of.walnut) +
    times(4, (at) => disc(78, 194 + at * 21, 10, of.white) + disc(322, 372 - at * 21, 10, of.ink)) +
    box(186, 160, 28, 18, of.brass, 4),
  'GAM-007':
    shadow(200, 120) +
    times(9, (at) => {
      const row = Math.floor(at / 4)
      // Four, four, and one on top.
      const cx = row === 2 ? 200 : 122 + (at % 4) * 52 + row * 4
      const y = 372 - row * 50
      return `${disc(cx, y, 27, marbles[at] ?? of.red)}${shade(`M${cx + 6} ${y - 26}a27 27 0 0 1 0 52 40 40 0 0 0 0-52z`)}${gleam(`M${cx - 14} ${y - 16}q8-8 16-6-10 4-12 14z`)}`
    }) +
    line('M96 400q-12-140 104-220 116 80 104 220M140 396q0-120 60-216M260 396q0-120-60-216', of.cream, 3) +
    line('M200 180q-16-30 0-50 16 20 0 50', of.red, 7),
  'GAM-008':
    shadow(200, 60, 406) +
    box(192, 108, 16, 110, of.steel, 8) +
    disc(200, 110, 13, of.brass) +
    oval(200, 256, 124, 44, of.silver) +
    shape('M76 256q0 44 124 44t124-44q-10 70-112 128l-12 18-12-18Q86 326 76 256z', of.steel) +
    shade('M246 294q66-10 78-38-10 70-112 128l-12 18q44-50 46-108z') +
    oval(200, 250, 92, 28, of.red) +
    oval(200, 247, 52, 15, of.cream) +
    oval(200, 244, 20, 7, of.steel),
}
