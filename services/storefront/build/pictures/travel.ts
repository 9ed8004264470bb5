import { box, type Drawings, disc, gleam, line, of, shade, shadow, shape, times, turned } from './shapes.ts'

export const travel: Drawings = {
  'TRA-001':
    shadow(200, 150) +
    line('M138 262q4-110 62-110t62 110', of.leather, 14) +
    box(50, 240, 300, 160, '#5d6b43', 40) +
    shade('M280 240h30a40 40 0 0 1 40 40v80a40 40 0 0 1-40 40h-30z') +
    box(50, 352, 300, 48, of.leather, 24) +
    box(120, 240, 26, 160, of.leather) +
    box(254, 240, 26, 160, of.leather) +
    line('M76 262h248', of.sand, 5) +
    box(122, 300, 22, 26, of.brass, 5) +
    box(256, 300, 22, 26, of.brass, 5),
  'TRA-002':
    shadow(200, 130) +
    times(3, (at) => {
      const y = 322 - at * 80
      const width = 244 - at * 40
      const x = 200 - width / 2
      const fill = [of.blue, of.sun, of.clay][at] ?? of.blue
      return `${box(x, y, width, 78, fill, 14)}${shade(`M${x} ${y + 54}h${width}v10a14 14 0 0 1-14 14H${x + 14}a14 14 0 0 1-14-14z`)}${line(`M${x + 16} ${y + 22}h${width - 32}`, of.white, 3)}${box(x + width - 42, y + 17, 20, 10, of.ink, 3)}${line(`M185 ${y + 46}h30`, of.white, 6)}`
    }),
  'TRA-003':
    shadow(200, 70) +
    box(168, 92, 64, 54, of.ink, 10) +
    box(160, 136, 80, 14, of.steel, 4) +
    shape('M160 150h80q16 20 16 52v180a18 18 0 0 1-18 18h-76a18 18 0 0 1-18-18V202q0-32 16-52z', of.leaf) +
    shade('M222 150h18q16 20 16 52v180a18 18 0 0 1-18 18h-16z') +
    gleam('M160 206h12v170h-12z') +
    shape('M184 320v-26a16 16 0 0 1 32 0v26h-8v-24a8 8 0 0 0-16 0v24z', of.cream),
  'TRA-004':
    shadow(200, 90, 404) +
    line('M200 90v286q0 24-22 24t-22-22', of.walnut, 9) +
    shape(
      'M200 84q126 6 146 142-30-26-50 0-24-28-48 0-24-30-48 0-24-30-48 0-24-28-48 0-20-26-50 0Q74 90 200 84z',
      of.red,
    ) +
    shade('M200 84q126 6 146 142-30-26-50 0-24-28-48 0Q250 130 200 84z') +
    line('M200 86q-46 60-48 140M200 86q46 60 48 140', '#8c2a1f', 3) +
    box(194, 64, 12, 26, of.ink, 5),
  'TRA-005':
    shadow(200, 100) +
    turned(
      -9,
      `${box(166, 110, 130, 200, of.blue, 8)}${disc(232, 180, 26, of.sun)}${box(206, 222, 52, 6, of.sun)}${box(108, 156, 184, 240, of.leather, 16)}${shade('M108 330h184v50a16 16 0 0 1-16 16H124a16 16 0 0 1-16-16z')}${line('M124 172h152v208H124z', '#c58d5a', 3)}${box(256, 252, 50, 34, '#7a4523', 10)}${disc(284, 269, 7, of.brass)}`,
    ),
  'TRA-006':
    line('M70 262Q40 200 76 170M330 262q30-62-6-92', of.ink, 12) +
    shape('M66 238q134-56 268 0 22 66-34 92-60 20-84-34-16-20-32 0-24 54-84 34-56-26-34-92z', '#34487a') +
    shade(
      'M66 262q4 50 34 68 60 20 84-34 16-20 32 0 24 54 84 34 30-18 34-68-20 60-70 50-30-8-48-40-16-16-32 0-18 32-48 40-50 10-70-50z',
    ) +
    line('M112 262q26 22 54 2M234 264q28 20 54-2', of.sun, 6) +
    line('M122 274l-6 12M139 278v13M156 274l6 11M244 275l-6 11M261 278v13M278 274l6 12', of.sun, 4),
  'TRA-007': turned(
    14,
    `${line('M200 60q-56 60 0 112', of.leather, 12)}${shape('M130 190l40-40h60l40 40v190a16 16 0 0 1-16 16H146a16 16 0 0 1-16-16z', of.leather)}${shade('M232 150l38 40v190a16 16 0 0 1-16 16h-22z')}${disc(200, 180, 12, of.cream)}${box(152, 222, 96, 140, of.brass, 8)}${line('M170 256h60M170 284h60M170 312h38', '#7c5812', 5)}${gleam('M156 228h10v128h-10z')}`,
  ),
  'TRA-008':
    shadow(200, 110) +
    line('M152 176q-60 60-44 190M248 176q60 60 44 190', of.ink, 16) +
    line('M176 142q24-36 48 0', of.ink, 10) +
    shape('M110 210q0-76 90-76t90 76v160a30 30 0 0 1-30 30H140a30 30 0 0 1-30-30z', of.sun) +
    shade('M244 146q46 16 46 64v160a30 30 0 0 1-30 30h-16z') +
    box(132, 284, 136, 96, '#d99a22', 18) +
    line('M146 306h108M128 226h144', of.ink, 5) +
    box(236, 302, 8, 20, of.red, 3),
}
