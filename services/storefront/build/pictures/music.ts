import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

export const music: Drawings = {
  'MUS-001': turned(
    28,
    `${box(186, 40, 28, 190, of.walnut, 4)}${shape('M176 20h48l-6 44h-36z', of.walnut)}${times(4, (at) => disc(at < 2 ? 172 : 228, 30 + (at % 2) * 20, 6, of.silver))}${shape('M200 214q62 0 58 50-4 20 6 32 34 100-64 104-98-4-64-104 10-12 6-32-4-50 58-50z', of.wood)}${shade('M206 214q56 2 52 50-4 20 6 32 32 98-58 104 50-90 0-186z')}${disc(200, 292, 28, '#3a2314')}${box(168, 352, 64, 12, of.walnut, 4)}${times(4, (at) => line(`M${191 + at * 6} 40v316`, of.cream, 1.5))}${times(5, (at) => box(186, 84 + at * 26, 28, 3, of.brass))}`,
    200,
    250,
  ),
  'MUS-002':
    shadow(200, 100) +
    shape('M162 96h76l58 304H104z', of.walnut) +
    shade('M214 96h24l58 304h-52z') +
    shape('M172 134h56l34 190H138z', of.oak) +
    times(9, (at) => box(178 - at * 2, 160 + at * 16, 44 + at * 4, 2, of.walnut)) +
    line('M200 322L250 120', of.steel, 6) +
    turned(14, box(218, 176, 34, 26, of.brass, 4), 235, 189) +
    box(124, 336, 152, 40, '#5c351c', 4) +
    disc(200, 356, 8, of.brass),
  'MUS-003':
    shadow(200, 110) +
    box(92, 176, 216, 224, of.oak, 34) +
    shade('M260 176h14a34 34 0 0 1 34 34v156a34 34 0 0 1-34 34h-14z') +
    disc(200, 324, 32, '#3a2314') +
    times(11, (at) => {
      const long = 84 - Math.abs(at - 5) * 9
      return box(113 + at * 16, 150 + Math.abs(at - 5) * 4, 10, 70 + long, at % 3 === 0 ? of.silver : of.steel, 5)
    }) +
    box(104, 196, 192, 12, of.brass, 6) +
    box(112, 228, 176, 8, of.walnut, 4),
  'MUS-004':
    shadow(200, 150) +
    box(48, 268, 304, 40, of.silver, 14) +
    box(44, 300, 312, 46, '#a5552c', 6) +
    times(10, (at) => box(64 + at * 28, 310, 20, 26, '#33190b', 3)) +
    box(48, 340, 304, 44, of.silver, 14) +
    shade('M48 362h304v8a14 14 0 0 1-14 14H62a14 14 0 0 1-14-14z') +
    gleam('M70 276h220v8H70z') +
    line('M290 200q0-40 30-44v60', of.ink, 6) +
    oval(276, 204, 15, 11, of.ink) +
    oval(306, 220, 15, 11, of.ink),
  'MUS-005':
    shadow(200, 100) +
    shape('M112 138l30-22h176l-28 22z', of.oak) +
    shape('M290 138l28-22v256l-28 28z', of.walnut) +
    box(112, 138, 178, 262, of.wood, 4) +
    disc(201, 300, 40, '#3a2314') +
    times(4, (at) => disc(at % 2 === 0 ? 126 : 276, at < 2 ? 152 : 386, 4, of.brass)) +
    line('M150 170q50 20 100 0M140 200q60 26 122 0', '#a56f3b', 4),
  'MUS-006':
    line('M96 120q150-60 190 60t-60 140-120 80', of.red, 40) +
    line('M96 120q150-60 190 60t-60 140-120 80', of.sun, 6).replace('/>', ' stroke-dasharray="2 24"/>') +
    line('M96 120q150-60 190 60t-60 140-120 80', of.cream, 3).replace('/>', ' stroke-dasharray="14 14"/>') +
    turned(-20, `${box(60, 92, 66, 48, of.leather, 14)}${disc(78, 116, 6, of.cream)}`, 94, 116) +
    turned(-34, `${box(76, 376, 66, 48, of.leather, 14)}${disc(92, 400, 6, of.cream)}`, 106, 400),
  'MUS-007':
    shadow(200, 100) +
    line('M200 250v110M200 352l-76 48M200 352l76 48M200 352v44', of.ink, 9) +
    shape('M84 110h232l16 130H68z', of.ink) +
    shape('M104 96h92v130h-92z', of.white) +
    shape('M204 96h92v130h-92z', of.cream) +
    times(4, (at) => line(`M114 ${120 + at * 26}h72M214 ${120 + at * 26}h72`, '#9aa7a3', 2)) +
    times(6, (at) => oval(124 + at * 30, 132 + ((at * 17) % 60), 7, 5, of.ink)) +
    box(64, 236, 272, 14, of.steel, 6) +
    disc(200, 300, 12, of.brass),
  'MUS-008':
    shadow(200, 130) +
    turned(
      -20,
      `${shape('M104 200q0-84 50-84t50 84q0 60-34 70v110a16 16 0 0 1-32 0V270q-34-10-34-70z', of.oak)}${shade('M166 118q38 10 38 82 0 60-34 70v110a16 16 0 0 1-10 14z')}${box(128, 262, 52, 12, of.walnut, 6)}`,
      154,
      300,
    ) +
    turned(
      20,
      `${shape('M200 200q0-84 50-84t50 84q0 60-34 70v110a16 16 0 0 1-32 0V270q-34-10-34-70z', of.walnut)}${shade('M262 118q38 10 38 82 0 60-34 70v110a16 16 0 0 1-10 14z')}${box(224, 262, 52, 12, of.oak, 6)}`,
      250,
      300,
    ),
}
