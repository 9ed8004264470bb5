import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

const sprig = (x: number, y: number, size: number): string =>
  `${line(`M${x} ${y}v-${size}`, of.moss, 4)}${shape(`M${x} ${y - size * 0.4}q-${size * 0.5}-4-${size * 0.5}-${size * 0.5}q${size * 0.5} 2 ${size * 0.5} ${size * 0.5}z`, of.leaf)}${shape(`M${x} ${y - size * 0.6}q${size * 0.5}-4 ${size * 0.5}-${size * 0.5}q-${size * 0.5} 2-${size * 0.5} ${size * 0.5}z`, of.leaf)}`

const pot = (x: number, y: number, width: number): string =>
  `${shape(`M${x + width * 0.08} ${y}h${width * 0.84}l-${width * 0.14} ${width * 0.8}h-${width * 0.56}z`, of.clay)}${shade(`M${x + width * 0.62} ${y}h${width * 0.3}l-${width * 0.14} ${width * 0.8}h-${width * 0.2}z`)}${box(x, y - width * 0.06, width, width * 0.22, '#d4744d', 4)}`

export const garden: Drawings = {
  'GAR-001':
    shadow(200, 100, 404) +
    turned(
      24,
      `${box(180, 60, 40, 140, of.oak, 20)}${box(180, 184, 40, 14, of.brass)}${line('M200 196v60', of.iron, 16)}${shape('M142 250h116v70q0 56-58 92-58-36-58-92z', of.felt)}${shade('M200 250h58v70q0 56-58 92z')}${disc(200, 80, 6, of.walnut)}`,
    ),
  'GAR-002':
    shadow(200, 110, 404) +
    line('M176 262Q120 330 130 396', of.red, 28) +
    line('M214 262q58 66 50 134', of.red, 28) +
    shape('M190 270Q120 190 170 96q66 70 52 160z', of.silver) +
    shape('M206 262q72-40 62-128-30 10-56 70z', of.iron) +
    disc(200, 262, 20, of.iron) +
    disc(200, 262, 8, of.brass) +
    line('M160 330q40-24 74 4', of.steel, 6),
  'GAR-003':
    shadow(190, 130) +
    line('M250 250q96 10 70 100t-70 36', of.steel, 14) +
    line('M104 372L34 228', of.steel, 20) +
    turned(-27, box(8, 196, 52, 22, of.brass, 4), 34, 210) +
    shape('M98 240h156l14 160H84z', '#93a5a6') +
    shade('M206 240h48l14 160h-62z') +
    oval(176, 240, 78, 16, '#6d8081') +
    line('M110 236q66-110 130 0', of.steel, 12) +
    box(90, 322, 172, 8, of.silver),
  'GAR-004':
    shadow(200, 140) +
    shape('M70 190h260l-14-70H84z', of.oak) +
    box(64, 190, 272, 210, of.wood, 6) +
    times(3, (row) =>
      times(
        4,
        (at) =>
          `${box(78 + at * 63, 206 + row * 63, 55, 54, of.cream, 3)}${disc(105 + at * 63, 226 + row * 63, 9, [of.leaf, of.red, of.sun, of.clay][(at + row) % 4] ?? of.leaf)}${box(90 + at * 63, 244 + row * 63, 30, 5, of.walnut)}`,
      ),
    ) +
    box(182, 146, 36, 10, of.brass, 5),
  'GAR-005':
    shadow(200, 150) +
    box(56, 318, 288, 82, of.leaf, 34) +
    shade('M56 366h288a34 34 0 0 1-34 34H90a34 34 0 0 1-34-34z') +
    box(56, 350, 288, 8, of.moss) +
    line('M150 322q50-70 100 0', of.leather, 14) +
    times(8, (at) => disc(88 + at * 32, 338, 3, '#8fc09f')) +
    sprig(330, 320, 80) +
    sprig(74, 320, 60),
  'GAR-006':
    shadow(200, 100) +
    box(112, 376, 176, 24, of.walnut, 8) +
    box(136, 224, 128, 154, of.sand) +
    times(8, (at) => line(`M136 ${238 + at * 18}q64 12 128 -4`, '#b79a63', 5)) +
    shade('M222 224h42v154h-42z') +
    box(112, 202, 176, 24, of.oak, 8) +
    line('M262 330q60 0 54 40t28 32', '#b79a63', 5),
  'GAR-007':
    shadow(200, 140) +
    pot(48, 300, 120) +
    sprig(108, 296, 110) +
    pot(150, 262, 170) +
    sprig(236, 256, 150) +
    pot(290, 330, 84) +
    sprig(332, 328, 70),
  'GAR-008':
    line('M200 40v90', of.ink, 4) +
    shape('M200 110l112 86H88z', of.red) +
    shade('M200 110l112 86H200z') +
    box(112, 196, 176, 130, of.oak) +
    disc(200, 252, 34, of.walnut) +
    shade('M244 196h44v130h-44z') +
    box(88, 326, 224, 18, of.walnut, 6) +
    shape('M84 312q-24-34 8-50 26-6 34 16l22 10-20 10q-6 22-44 14z', of.sky) +
    disc(106, 278, 4, of.ink) +
    gleam('M124 206h10v110h-10z'),
}
