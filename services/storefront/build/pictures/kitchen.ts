import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

export const kitchen: Drawings = {
  'KIT-001':
    shadow(180, 140) +
    box(270, 330, 120, 22, of.iron, 11) +
    disc(372, 341, 5, of.felt) +
    shape('M58 318h244l-20 70a18 18 0 0 1-17 12H95a18 18 0 0 1-17-12z', of.iron) +
    oval(180, 318, 124, 20, '#454e53') +
    oval(180, 320, 106, 13, '#22282b') +
    gleam('M84 340l12 46h10l-12-46z'),
  'KIT-002':
    shadow(200, 150, 400) +
    turned(
      -62,
      `${shape('M70 236h190v50q-110 6-190-26z', of.silver)}${shade('M70 260q80 32 190 26v-10q-110 4-184-26z')}${times(9, (at) => shape(`M${84 + at * 19} ${272 + at * 1.4}l10 -8 10 8z`, of.silver))}${box(256, 232, 98, 40, of.walnut, 12)}${times(3, (at) => disc(278 + at * 26, 252, 4, of.brass))}`,
      200,
      262,
    ),
  'KIT-003':
    shadow(170, 110) +
    line('M262 296q60-20 112-26', of.brass, 16) +
    shape('M72 270h196v112a18 18 0 0 1-18 18H90a18 18 0 0 1-18-18z', of.copper) +
    oval(170, 270, 98, 18, '#a4552a') +
    oval(170, 272, 84, 12, of.silver) +
    shade('M226 284h42v98a18 18 0 0 1-18 18h-24z') +
    gleam('M90 292h18v96H96a6 6 0 0 1-6-6z'),
  'KIT-004':
    shadow(200, 110) +
    turned(
      8,
      `${box(116, 150, 168, 246, of.oak, 26)}${box(180, 84, 40, 80, of.oak, 20)}${disc(200, 108, 9, of.walnut)}${line('M140 190q60 30 30 90t30 100M176 170q60 70 30 110t40 90M232 180q30 60 10 90t20 80', of.wood, 5)}`,
    ),
  'KIT-005':
    shadow(190, 100) +
    line('M268 226q70-10 62 64t-50 64', of.walnut, 16) +
    line('M112 350q-58-6-50-74t-22-92', of.steel, 14) +
    shape('M124 220h132l36 150a24 24 0 0 1-24 30H112a24 24 0 0 1-24-30z', of.steel) +
    shade('M220 220h36l36 150a24 24 0 0 1-24 30h-34z') +
    gleam('M142 240h14l-22 140h-16z') +
    box(112, 204, 156, 20, of.ink, 10) +
    disc(190, 192, 16, of.brass),
  'KIT-006':
    shadow(190, 120) +
    turned(-28, `${box(196, 96, 34, 190, '#8f9a9c', 17)}`, 213, 260) +
    shape('M70 262h240q0 100-70 122v16H140v-16Q70 362 70 262z', '#6f7b7e') +
    oval(190, 262, 120, 22, '#8f9a9c') +
    oval(190, 264, 98, 15, '#4b5558') +
    shade('M238 284q72-4 72-22 0 100-70 122v16h-40q50-40 38-116z') +
    times(9, (at) => disc(104 + ((at * 47) % 170), 300 + ((at * 31) % 70), 3, '#aab4b5')),
  'KIT-007':
    shadow(200, 130) +
    times(4, (at) => {
      const y = 376 - at * 44
      const fill = [of.blue, of.sand, of.sky, of.cream][at] ?? of.blue
      return `${shape(`M${84 + at * 4} ${y - 46}h${232 - at * 8}q-6 62-76 70h-${80 - at * 8}q-70-8-76-70z`, fill)}${shade(`M250 ${y - 46}h${66 - at * 4}q-6 62-76 70h-24q40-20 34-70z`)}`
    }) +
    oval(200, 198, 104, 14, '#fffaf0') +
    oval(200, 200, 92, 9, of.sand),
  'KIT-008':
    shadow(200, 92) +
    box(116, 272, 168, 128, of.oak, 20) +
    shade('M236 272h28a20 20 0 0 1 20 20v88a20 20 0 0 1-20 20h-28z') +
    line('M136 310h128M136 344h128M136 376h128', of.wood, 4) +
    turned(-18, box(108, 236, 176, 34, of.walnut, 17), 262, 254) +
    disc(262, 258, 8, of.brass) +
    oval(196, 274, 66, 10, of.white),
}
