import { at, multiply, quadraticForm } from '../maths/matrix.ts';

/** How CV3 behaves where errors are independent and equal, for each column of a fit. */
export interface JackknifeAccuracy {
  /** Its mean over the true variance: 1 with many even clusters, more with few or uneven ones. */
  readonly excess: Float64Array;
  /** Satterthwaite's degrees of freedom: twice its squared mean over its variance. */
  readonly df: Float64Array;
}

/** Takes in, cluster by cluster, what the fit without it says. */
export interface JackknifeSurvey {
  /** @param inverseLeftOut of the cross moments without one cluster, q x q */
  add(inverseLeftOut: Float64Array): void;
  result(): JackknifeAccuracy;
}

/**
 * Mean and scatter of the cluster jackknife under independent errors (Hansen 2025, doi:10.1093/restud/rdag050), from
 * moments alone. With M the cross moments, B_g the inverse without cluster g and
 * v_g column j of B_g - M^-1, the distances theta_-g - theta have covariances v_g[j] for one g and -v_g' M v_h for two,
 * the latter exact where no effect but the clusters' own is absorbed.
 * @param moments M, `size` x `size`
 * @param inverse M^-1
 */
export function surveyJackknife(moments: Float64Array, inverse: Float64Array, size: number): JackknifeSurvey {
  let clusters = 0;
  const columns = Array.from({ length: size }, () => ({
    trace: 0,
    squares: 0,
    own: 0,
    outers: new Float64Array(size * size),
  }));
  const change = new Float64Array(size);

  return {
    add(inverseLeftOut) {
      clusters += 1;
      columns.forEach((column, j) => {
        for (let i = 0; i < size; i += 1)
          change[i] = at(inverseLeftOut, i * size + j) - at(inverse, i * size + j);
        const variance = at(change, j);
        column.trace += variance;
        column.squares += variance ** 2;
        column.own += quadraticForm(moments, change) ** 2;
        for (let i = 0; i < size; i += 1)
          for (let k = 0; k < size; k += 1)
            column.outers[i * size + k] = at(column.outers, i * size + k) + at(change, i) * at(change, k);
      });
    },
    result: () => ({
      excess: Float64Array.from(
        columns,
        ({ trace }, j) => ((clusters - 1) / clusters) * (trace / at(inverse, j * size + j)),
      ),
      df: Float64Array.from(columns, ({ trace, squares, own, outers }) => {
        const all = multiply(outers, moments, size, size, size);
        let crossed = 0;
        for (let i = 0; i < size; i += 1)
          for (let k = 0; k < size; k += 1) crossed += at(all, i * size + k) * at(all, k * size + i);
        return trace ** 2 / (squares + crossed - own);
      }),
    }),
  };
}
