import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

const grades = ['#22303a', '#31424d', '#b63c2c', '#dca63f', '#3f7350', '#2f5f94', '#7a4a2a', '#c9713f']

export const desk: Drawings = {
  'DES-001':
    shadow(200, 120, 404) +
    turned(
      38,
      `${box(176, 60, 48, 190, of.ink, 22)}${box(176, 236, 48, 14, of.brass)}${shape('M178 250h44l-8 86h-28z', '#31424d')}${shape('M186 336h28l-14 70z', of.brass)}${line('M200 352v40', of.walnut, 3)}${line('M218 84v86', of.brass, 8)}${gleam('M184 80h8v150h-8z')}`,
    ),
  'DES-002':
    shadow(200, 110) +
    turned(
      -6,
      `${box(110, 128, 190, 270, of.cream, 8)}${box(100, 122, 190, 270, of.moss, 10)}${shade('M100 132a10 10 0 0 1 10-10h20v270h-20a10 10 0 0 1-10-10z')}${box(252, 122, 12, 270, of.sun)}${times(5, (at) => times(4, (row) => disc(156 + row * 22, 190 + at * 22, 2.5, '#8fb59b')))}`,
    ),
  'DES-003':
    shape('M96 236L30 400h210z', '#fff6d2').replace('/>', ' fill-opacity=".55"/>') +
    shadow(270, 76) +
    box(206, 380, 128, 20, of.ink, 10) +
    line('M270 384L308 232 166 150', of.ink, 12) +
    disc(308, 232, 13, of.brass) +
    disc(270, 380, 11, of.brass) +
    shape('M182 118l-20 76-84 48q-12-70 44-108 30-20 60-16z', of.red) +
    shade('M182 118l-20 76-40 23q6-60 60-99z') +
    oval(120, 218, 48, 10, '#ffe9a3').replace('/>', ' transform="rotate(-30 120 218)"/>'),
  'DES-004':
    shadow(200, 130) +
    times(3, (at) => {
      const y = 214 + at * 66
      return `${box(84, y, 232, 44, '#2f5f94', 4)}${box(96, y + 8, 208, 28, '#1c3f66')}${box(104, y + 18 - at * 2, 180, 5, of.white)}${box(110, y + 26 - at * 2, 168, 5, of.cream)}${box(84, y + 36, 232, 16, of.blue, 3)}`
    }) +
    line('M90 210v190M310 210v190', of.ink, 8),
  'DES-005':
    shadow(200, 110, 404) +
    turned(
      -52,
      `${box(28, 232, 348, 58, of.brass, 4)}${shade('M28 276h348v10a4 4 0 0 1-4 4H32a4 4 0 0 1-4-4z')}${times(30, (at) => box(44 + at * 11, 232, 2, at % 5 === 0 ? 26 : 14, '#6b4a10'))}${disc(352, 270, 9, '#f7e3b0')}`,
    ),
  'DES-006':
    shape('M40 398l56-150h208l56 150z', of.felt) +
    shape('M40 398h320v12H40z', of.wood) +
    shape('M230 300h70l14 60h-78z', of.cream) +
    line('M120 290l-14 76', of.sun, 8) +
    disc(176, 318, 27, of.white) +
    disc(176, 318, 19, '#5b3720') +
    line('M203 312q22-2 18 14t-22 6', of.white, 7),
  'DES-007':
    shadow(200, 120, 404) +
    turned(
      46,
      `${shape('M186 70q14-40 28 0l8 214h-44z', of.silver)}${shade('M200 48q10 4 14 22l8 214h-22z')}${shape('M170 284h60v18h-60z', of.iron)}${shape('M182 302h36q-8 40 2 76a20 20 0 1 1-40 0q10-36 2-76z', of.iron)}${disc(200, 384, 9, of.steel)}`,
    ),
  'DES-008':
    shadow(200, 130) +
    times(8, (at) => {
      const x = 92 + at * 28
      return `${box(x, 156 - (at % 3) * 10, 22, 220, grades[at] ?? of.ink)}${shape(`M${x} ${156 - (at % 3) * 10}h22l-11-34z`, of.oak)}${shape(`M${x + 7} ${133 - (at % 3) * 10}h8l-4-11z`, of.ink)}`
    }) +
    box(76, 300, 248, 100, of.steel, 10) +
    shade('M262 300h52a10 10 0 0 1 10 10v80a10 10 0 0 1-10 10h-52z') +
    box(76, 320, 248, 8, of.silver),
}
