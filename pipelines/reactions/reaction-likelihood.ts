import { at, positionAt } from '../maths/matrix.ts';
import type { CompiledCells } from './compiled-cells.ts';
import type { NormalQuadrature } from './even-quadrature.ts';

/** The three logits of a reply, like, dislike and regenerate, in this order everywhere. */
export const reactions = 3;

/** What a reply's design adds, for each design: to quality, and to the three logits. */
export interface DesignShifts {
  readonly quality: Float64Array;
  /** designs x 3. */
  readonly logits: Float64Array;
}

export interface Slopes {
  readonly like: number;
  readonly regenerate: number;
}

/** Derivatives of an annotator's log-likelihood by their thresholds. */
export interface ThresholdDerivatives {
  logLikelihood: number;
  readonly gradient: Float64Array;
  /** 3 x 3, minus the second derivatives of the marginal log-likelihood. */
  readonly information: Float64Array;
  /** 3 x 3, the same if quality were seen: positive semi-definite always. */
  readonly completeInformation: Float64Array;
}

/** By design: six sums over cells of (score by logit, score by logit times quality). */
export const features = 6;
export interface DesignSums {
  /** designs x 6. */
  readonly gradient: Float64Array;
  /** designs x 6 x 6, outer products of the cells' scores: information as Berndt, Hall, Hall and Hausman have it. */
  readonly outer: Float64Array;
}

/**
 * Makes the function that goes over one annotator's cells: latent quality is integrated out by quadrature, and what is
 * posterior-weighted goes into the derivatives (Fisher's identity).
 */
export function createAnnotatorPass(cells: CompiledCells, quadrature: NormalQuadrature) {
  const { points, weights } = quadrature;
  const nodes = points.length;
  const table = () => new Float64Array(nodes);
  const [likes, dislikes, regenerates] = [table(), table(), table()];
  const [fallLike, riseLike, riseRegenerate] = [table(), table(), table()];
  const score = new Float64Array(features);
  let [likeSlope, regenerateSlope] = [NaN, NaN];

  /** exp(-logit) along the nodes is one exponential of the cell times these. */
  function useSlopes(slopes: Slopes): void {
    if (slopes.like === likeSlope && slopes.regenerate === regenerateSlope) return;
    likeSlope = slopes.like;
    regenerateSlope = slopes.regenerate;
    for (let k = 0; k < nodes; k += 1) {
      fallLike[k] = Math.exp(-likeSlope * at(points, k));
      riseLike[k] = Math.exp(likeSlope * at(points, k));
      riseRegenerate[k] = Math.exp(regenerateSlope * at(points, k));
    }
  }

  /**
   * Adds what annotator `g` gives at these thresholds.
   * @param follows false for the careless: floor and style say nothing of what they see
   * @param share of this call in `into`
   * @param weight of the annotator in `sums`, times the share; 0 leaves `sums` alone
   */
  return function pass(
    g: number,
    thresholds: Float64Array,
    slopes: Slopes,
    shifts: DesignShifts,
    follows: boolean,
    into: ThresholdDerivatives,
    share: number,
    sums: DesignSums,
    weight: number,
  ): void {
    const { gradient, information, completeInformation } = into;
    useSlopes(slopes);
    let tabled = -1;
    let shift = 0;
    for (let c = positionAt(cells.starts, g); c < positionAt(cells.starts, g + 1); c += 1) {
      const design = positionAt(cells.design, c);
      if (design !== tabled) {
        tabled = design;
        shift = follows ? at(shifts.quality, design) : 0;
        const d = design * reactions;
        const toLike = at(thresholds, 0) + at(shifts.logits, d);
        const toDislike = at(thresholds, 1) + at(shifts.logits, d + 1);
        const toRegenerate = at(thresholds, 2) + at(shifts.logits, d + 2);
        const [eLike, eDislike, eRegenerate] = [
          Math.exp(-toLike - likeSlope * shift),
          Math.exp(-toDislike + likeSlope * shift),
          Math.exp(-toRegenerate + regenerateSlope * shift),
        ];
        for (let k = 0; k < nodes; k += 1) {
          likes[k] = 1 / (1 + eLike * (fallLike[k] as number));
          dislikes[k] = 1 / (1 + eDislike * (riseLike[k] as number));
          regenerates[k] = 1 / (1 + eRegenerate * (riseRegenerate[k] as number));
        }
      }
      const like = positionAt(cells.like, c);
      const regenerated = positionAt(cells.regenerated, c);
      const [wasLiked, wasDisliked, wasRegenerated] = [
        Number(like === 1),
        Number(like === -1),
        Number(regenerated === 1),
      ];
      const [couldDislike, couldRegenerate] = [1 - wasLiked, Number(regenerated >= 0)];
      let total = 0;
      let [sL, sD, sR, zL, zD, zR] = [0, 0, 0, 0, 0, 0];
      let [vL, vD, vR, ll, dd, rr, ld, lr, dr] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < nodes; k += 1) {
        // As casts, for here a call that is not inlined would cost more than the arithmetic.
        const u = points[k] as number;
        const pL = likes[k] as number;
        const pD = dislikes[k] as number;
        const pR = regenerates[k] as number;
        const l = wasLiked - pL;
        const d = couldDislike * (wasDisliked - pD);
        const r = couldRegenerate * (wasRegenerated - pR);
        const p =
          (weights[k] as number) *
          Math.abs(
            (1 - wasLiked - pL) *
              (couldDislike === 0 ? 1 : 1 - wasDisliked - pD) *
              (couldRegenerate === 0 ? 1 : 1 - wasRegenerated - pR),
          );
        const pl = p * l;
        const pd = p * d;
        const pr = p * r;
        total += p;
        sL += pl;
        sD += pd;
        sR += pr;
        zL += pl * u;
        zD += pd * u;
        zR += pr * u;
        vL += p * pL * (1 - pL);
        vD += p * couldDislike * pD * (1 - pD);
        vR += p * couldRegenerate * pR * (1 - pR);
        ll += pl * l;
        dd += pd * d;
        rr += pr * r;
        ld += pl * d;
        lr += pl * r;
        dr += pd * r;
      }
      const n = share * at(cells.count, c);
      if (!(total > 1e-300)) {
        into.logLikelihood += n * Math.log(1e-300);
        continue;
      }
      into.logLikelihood += n * Math.log(total);
      const scale = 1 / total;
      sL *= scale;
      sD *= scale;
      sR *= scale;
      add(gradient, 0, n * sL);
      add(gradient, 1, n * sD);
      add(gradient, 2, n * sR);
      add(completeInformation, 0, n * vL * scale);
      add(completeInformation, 4, n * vD * scale);
      add(completeInformation, 8, n * vR * scale);
      add(information, 0, n * ((vL - ll) * scale + sL * sL));
      add(information, 4, n * ((vD - dd) * scale + sD * sD));
      add(information, 8, n * ((vR - rr) * scale + sR * sR));
      addTwice(information, 1, 3, n * (sL * sD - ld * scale));
      addTwice(information, 2, 6, n * (sL * sR - lr * scale));
      addTwice(information, 5, 7, n * (sD * sR - dr * scale));
      if (weight === 0) continue;
      zL = zL * scale + shift * sL;
      zD = zD * scale + shift * sD;
      zR = zR * scale + shift * sR;
      score[0] = sL;
      score[1] = sD;
      score[2] = sR;
      score[3] = zL;
      score[4] = zD;
      score[5] = zR;
      addScore(sums, design, score, weight * n);
    }
  };
}

function add(values: Float64Array, index: number, value: number): void {
  values[index] = at(values, index) + value;
}

function addTwice(values: Float64Array, one: number, other: number, value: number): void {
  add(values, one, value);
  add(values, other, value);
}

function addScore(sums: DesignSums, design: number, score: Float64Array, weight: number): void {
  const { gradient, outer } = sums;
  let [row, square] = [design * features, design * features * features];
  for (let i = 0; i < features; i += 1) {
    const weighted = weight * (score[i] as number);
    gradient[row] = (gradient[row] as number) + weighted;
    row += 1;
    for (let j = 0; j < features; j += 1) {
      outer[square] = (outer[square] as number) + weighted * (score[j] as number);
      square += 1;
    }
  }
}
