import { box, type Drawings, disc, gleam, line, of, oval, shade, shadow, shape, times, turned } from './shapes.ts'

export const outdoor: Drawings = {
  'OUT-001':
    shadow(200, 110) +
    line('M150 300l-46 98M250 300l46 98M200 300v98', of.steel, 10) +
    box(160, 300, 80, 60, of.red, 12) +
    box(150, 276, 100, 24, of.iron, 8) +
    shape('M160 276q-8-30 12-48 4 16 12 20 0-32 22-48-2 30 16 42 4-8 4-18 24 26 10 52z', of.sun) +
    shape('M182 276q-4-16 10-28 2 10 8 12 4-10 8-16 16 18 8 32z', of.clay) +
    line('M118 212h164', of.iron, 10) +
    shape('M124 116h152v70a20 20 0 0 1-20 20H144a20 20 0 0 1-20-20z', of.felt) +
    shade('M232 116h44v70a20 20 0 0 1-20 20h-24z') +
    box(116, 104, 168, 16, of.silver, 8),
  'OUT-002':
    line('M96 250q-20-120 104-120t104 120', of.ink, 30) +
    line('M96 250q-20-120 104-120t104 120', of.sun, 5).replace('/>', ' stroke-dasharray="18 12"/>') +
    box(118, 230, 164, 110, of.ink, 26) +
    disc(200, 284, 46, of.silver) +
    disc(200, 284, 36, '#fff1b8') +
    disc(200, 284, 16, of.white) +
    line('M128 366l-26 26M200 356v44M272 366l26 26', of.sun, 8) +
    disc(262, 248, 6, of.red),
  'OUT-003':
    shadow(186, 100) +
    line('M270 250q70-6 66 50t-66 50', of.blue, 20) +
    shape('M96 216h180v160a24 24 0 0 1-24 24H120a24 24 0 0 1-24-24z', of.blue) +
    shade('M226 216h50v160a24 24 0 0 1-24 24h-26z') +
    oval(186, 216, 90, 16, of.white) +
    oval(186, 218, 78, 10, '#5b3720') +
    [
      [126, 260],
      [160, 300],
      [136, 350],
      [214, 276],
      [196, 350],
      [242, 330],
    ]
      .map(([x = 0, y = 0]) => disc(x, y, 4, of.white))
      .join('') +
    line('M150 176q-14-22 0-40t0-40M206 176q-14-22 0-40t0-40', of.white, 6),
  'OUT-004':
    shadow(200, 110, 404) +
    turned(-30, `${box(90, 236, 130, 40, of.oak, 16)}${box(210, 244, 130, 24, of.iron, 6)}`, 200, 256) +
    turned(
      26,
      `${box(150, 300, 170, 26, of.steel, 4)}${times(9, (at) => shape(`M${160 + at * 16} 326l8 8 8-8z`, of.steel))}`,
      230,
      310,
    ) +
    line('M120 250q-50 40-30 96t70 46', of.red, 6) +
    [
      [316, 190],
      [340, 220],
      [352, 170],
      [300, 150],
      [330, 140],
      [366, 206],
    ]
      .map(([x = 0, y = 0], at) => shape(`M${x} ${y - 12}l4 8 8 4-8 4-4 8-4-8-8-4 8-4z`, at % 2 ? of.sun : of.clay))
      .join(''),
  'OUT-005':
    shadow(200, 96) +
    line('M262 200q90 40 30 176', of.ink, 10) +
    shape('M118 190h164v180a40 30 0 0 1-40 30h-84a40 30 0 0 1-40-30z', of.sun) +
    shade('M232 190h50v180a40 30 0 0 1-40 30h-10z') +
    shape('M128 150h144l10 44H118z', '#d99a22') +
    box(116, 122, 168, 32, of.ink, 10) +
    box(184, 112, 32, 20, of.steel, 6) +
    shape('M200 248q34 44 34 66a34 34 0 0 1-68 0q0-22 34-66z', of.blue) +
    gleam('M132 204h12v160h-12z'),
  'OUT-006':
    box(40, 90, 22, 310, of.walnut, 6) +
    box(338, 90, 22, 310, of.walnut, 6) +
    line('M56 150l40 60M344 150l-40 60', of.cream, 5) +
    shape('M92 202q108 150 216 0 6 130-108 152-114-22-108-152z', of.clay) +
    times(5, (at) =>
      line(
        `M${104 + at * 9} ${226 + at * 18}q${96 - at * 9} ${92 - at * 4} ${192 - at * 18} 0`,
        at % 2 === 0 ? of.cream : of.sun,
        7,
      ),
    ) +
    line('M120 330v24M160 346v24M200 354v24M240 346v24M280 330v24', of.cream, 4) +
    shape('M26 110q20-70 70-60-10 50-70 60zM374 110q-20-70-70-60 10 50 70 60z', of.leaf),
  'OUT-007':
    shadow(200, 130, 404) +
    turned(
      -36,
      `${shape('M196 236h150q22 4 34 30-90 16-184 6z', of.silver)}${shade('M196 262q90 10 184 4l-6 8q-90 10-178-2z')}${line('M226 246h70', of.steel, 4)}${box(34, 234, 176, 46, of.walnut, 22)}${box(172, 234, 38, 46, of.brass, 8)}${times(3, (at) => disc(66 + at * 38, 257, 4, of.brass))}`,
      200,
      256,
    ),
  'OUT-008':
    shadow(200, 110) +
    shape('M110 214L128 90h144l18 124z', of.ink) +
    shape('M128 200l14-94h116l14 94z', of.sky) +
    gleam('M148 112h30l-22 82h-20z') +
    box(96, 208, 208, 24, of.ink, 10) +
    disc(200, 306, 96, of.ink) +
    disc(200, 306, 78, of.cream) +
    times(12, (at) => turned(at * 30, box(198, 234, 4, at % 3 === 0 ? 16 : 8, of.ink), 200, 306)) +
    turned(24, `${shape('M200 246l14 60h-28z', of.red)}${shape('M200 366l14-60h-28z', of.felt)}`, 200, 306) +
    disc(200, 306, 7, of.brass),
}
