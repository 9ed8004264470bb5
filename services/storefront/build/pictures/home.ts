import { box, type Drawings, disc, gleam, line, of, shade, shadow, shape, times, turned } from './shapes.ts'

export const home: Drawings = {
  'HOM-001':
    shadow(200, 140) +
    times(4, (at) => box(76, 236 + at * 41, 248, 42, [of.rose, of.red, of.cream, of.red][at] ?? of.red, 20)) +
    times(4, (at) => shade(`M76 ${262 + at * 41}h248a20 18 0 0 1-20 16H96a20 18 0 0 1-20-16z`)) +
    shape('M210 236h90v150h-90z', of.cream) +
    times(5, (at) => box(216 + at * 18, 236, 6, 150, of.red)) +
    times(9, (at) => line(`M${214 + at * 10} 386v14`, of.cream, 3)),
  'HOM-002':
    shadow(200, 140) +
    shape('M70 210q130-40 260 0 34 90 0 180-130 24-260 0-34-90 0-180z', of.sky) +
    shade('M250 196q40 4 80 14 34 90 0 180-50 10-110 12 70-80 30-206z') +
    line('M92 232q108-28 216 0M92 370q108 18 216 0', of.white, 4) +
    times(4, (at) => line(`M${140 + at * 40} 250v100`, '#a9cfe8', 7)),
  'HOM-003':
    disc(200, 250, 130, of.walnut) +
    disc(200, 250, 112, of.white) +
    times(12, (at) => turned(at * 30, box(196, 150, 8, at % 3 === 0 ? 26 : 14, of.ink, 2), 200, 250)) +
    line('M200 250L150 196', of.ink, 10) +
    line('M200 250l66-46', of.ink, 7) +
    line('M200 270v-100', of.red, 3) +
    disc(200, 250, 10, of.brass) +
    gleam('M118 210q26-56 84-64l-8 16q-40 8-60 50z'),
  'HOM-004':
    shadow(200, 80) +
    disc(200, 118, 44, '#fff3c4').replace('/>', ' fill-opacity=".6"/>') +
    shape('M200 84q22 30 0 52-22-22 0-52z', of.sun) +
    box(182, 136, 36, 120, of.white, 4) +
    shade('M204 136h10a4 4 0 0 1 4 4v116h-14z') +
    box(160, 250, 80, 16, of.brass, 8) +
    shape('M188 266h24l-6 40 12 20-8 40h-20l-8-40 12-20z', of.brass) +
    shape('M128 400q0-34 72-38 72 4 72 38z', of.brass) +
    shade('M200 362q72 4 72 38h-50z'),
  'HOM-005':
    shape('M44 400l44-130h224l44 130z', '#b88a4e') +
    shape('M44 400h312v10H44z', of.iron) +
    line('M74 384l34-98h184l34 98z', of.walnut, 7) +
    shape('M150 366v-32a50 44 0 0 1 100 0v32h-24v-28a26 24 0 0 0-52 0v28z', of.walnut),
  'HOM-006': turned(
    -3,
    `${box(92, 90, 216, 280, of.oak, 4)}${shade('M288 90h16a4 4 0 0 1 4 4v272a4 4 0 0 1-4 4h-16z')}${box(116, 114, 168, 232, of.white)}${box(140, 142, 120, 176, of.sky)}${disc(222, 186, 20, of.sun)}${shape('M140 318v-60l44-40 40 46 20-18 16 16v56z', of.leaf)}${shape('M140 318v-22q60-26 120 0v22z', of.moss)}`,
    200,
    230,
  ),
  'HOM-007':
    shadow(200, 110) +
    shape('M104 218h192l-18 168a16 16 0 0 1-16 14H138a16 16 0 0 1-16-14z', '#c99a5c') +
    times(6, (row) => line(`M${110 + row * 2} ${244 + row * 26}h${180 - row * 4}`, '#a3763f', 5)) +
    times(7, (at) => line(`M${122 + at * 26} 226l${(3 - at) * -2} 168`, '#ddb277', 4)) +
    shade('M250 218h46l-18 168a16 16 0 0 1-16 14h-30z') +
    shape('M92 188q108-26 216 0v44q-24 22-54 4-54 26-108 0-30 18-54-4z', of.white) +
    line('M104 262q-36-2-30 40M296 262q36-2 30 40', of.leather, 9),
  'HOM-008':
    box(52, 170, 296, 56, of.walnut, 10) +
    times(5, (at) => {
      const x = 84 + at * 58
      return `${box(x - 9, 178, 18, 44, of.iron, 6)}${line(`M${x} 216v34q0 26 24 18`, of.iron, 10)}${disc(x, 188, 3, of.steel)}`
    }) +
    shape('M126 262q30-14 36 0l22 130q-40 14-80 0z', of.red) +
    shade('M150 256q8 0 12 6l22 130-24 6z') +
    line('M258 250q-30 60-10 120', of.sun, 12) +
    line('M258 250q34 50 24 104', of.sun, 12),
}
