import { at } from '../maths/matrix.ts';
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
  const { starts, design: designs, like: likesOf, regenerated: regeneratedOf, count: counts } = cells;
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
    useSlopes(slopes);
    const end = starts[g + 1] as number;
    let tabled = -1;
    let shift = 0;
    let logLikelihood = into.logLikelihood;
    const { gradient, information, completeInformation } = into;
    let gL = at(gradient, 0);
    let gD = at(gradient, 1);
    let gR = at(gradient, 2);
    let cLL = at(completeInformation, 0);
    let cDD = at(completeInformation, 4);
    let cRR = at(completeInformation, 8);
    let iLL = at(information, 0);
    let iLD = at(information, 1);
    let iLR = at(information, 2);
    let iDD = at(information, 4);
    let iDR = at(information, 5);
    let iRR = at(information, 8);
    for (let c = starts[g] as number; c < end; c += 1) {
      const design = designs[c] as number;
      if (design !== tabled) {
        tabled = design;
        shift = follows ? at(shifts.quality, design) : 0;
        const d = design * reactions;
        const toLike = at(thresholds, 0) + at(shifts.logits, d);
        const toDislike = at(thresholds, 1) + at(shifts.logits, d + 1);
        const toRegenerate = at(thresholds, 2) + at(shifts.logits, d + 2);
        const eLike = Math.exp(-toLike - likeSlope * shift);
        const eDislike = Math.exp(-toDislike + likeSlope * shift);
        const eRegenerate = Math.exp(-toRegenerate + regenerateSlope * shift);
        for (let k = 0; k < nodes; k += 1) {
          likes[k] = 1 / (1 + eLike * (fallLike[k] as number));
          dislikes[k] = 1 / (1 + eDislike * (riseLike[k] as number));
          regenerates[k] = 1 / (1 + eRegenerate * (riseRegenerate[k] as number));
        }
      }
      const like = likesOf[c] as number;
      const regenerated = regeneratedOf[c] as number;
      const wasLiked = like === 1 ? 1 : 0;
      const wasDisliked = like === -1 ? 1 : 0;
      const wasRegenerated = regenerated === 1 ? 1 : 0;
      const couldDislike = 1 - wasLiked;
      const couldRegenerate = regenerated >= 0 ? 1 : 0;
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
      const n = share * (counts[c] as number);
      if (!(total > 1e-300)) {
        logLikelihood += n * Math.log(1e-300);
        continue;
      }
      logLikelihood += n * Math.log(total);
      const scale = 1 / total;
      sL *= scale;
      sD *= scale;
      sR *= scale;
      gL += n * sL;
      gD += n * sD;
      gR += n * sR;
      cLL += n * vL * scale;
      cDD += n * vD * scale;
      cRR += n * vR * scale;
      iLL += n * ((vL - ll) * scale + sL * sL);
      iDD += n * ((vD - dd) * scale + sD * sD);
      iRR += n * ((vR - rr) * scale + sR * sR);
      iLD += n * (sL * sD - ld * scale);
      iLR += n * (sL * sR - lr * scale);
      iDR += n * (sD * sR - dr * scale);
      if (weight === 0) continue;
      score[0] = sL;
      score[1] = sD;
      score[2] = sR;
      score[3] = zL * scale + shift * sL;
      score[4] = zD * scale + shift * sD;
      score[5] = zR * scale + shift * sR;
      addScore(sums, design, score, weight * n);
    }
    into.logLikelihood = logLikelihood;
    gradient[0] = gL;
    gradient[1] = gD;
    gradient[2] = gR;
    completeInformation[0] = cLL;
    completeInformation[4] = cDD;
    completeInformation[8] = cRR;
    information[0] = iLL;
    information[4] = iDD;
    information[8] = iRR;
    information[1] = information[3] = iLD;
    information[2] = information[6] = iLR;
    information[5] = information[7] = iDR;
  };
}

function addScore(sums: DesignSums, design: number, score: Float64Array, weight: number): void {
  const { gradient, outer } = sums;
  let [row, square] = [design * features, design * features * features];
  for (let i = 0; i < features; i += 1) {
    const weighted = weight * (score[i] as number);
    if (weighted === 0) {
      row += 1;
      square += features;
      continue;
    }
    gradient[row] = (gradient[row] as number) + weighted;
    row += 1;
    for (let j = 0; j < features; j += 1) {
      outer[square] = (outer[square] as number) + weighted * (score[j] as number);
      square += 1;
    }
  }
}
