import type { FloorFlag } from '../../../pipelines/floor/floor-checks.ts';

interface Cell {
  total: number;
  dropped: number;
  warned: number;
  readonly by: Map<string, number>;
  readonly missed: string[];
}

/** Counts what the floor says of replies whose truth is known: `sound`, or the name of a planted defect. */
export function confusion() {
  const cells = new Map<string, Cell>();
  const wrong: string[] = [];

  function add(truth: string, text: string, flags: readonly FloorFlag[]): void {
    const cell: Cell = cells.get(truth) ?? { total: 0, dropped: 0, warned: 0, by: new Map(), missed: [] };
    cells.set(truth, cell);
    cell.total += 1;
    const drops = flags.filter(({ level }) => level === 'drop');
    if (drops.length > 0) cell.dropped += 1;
    else if (flags.length > 0) cell.warned += 1;
    if (drops.length === 0) cell.missed.push(text);
    else if (truth === 'sound') wrong.push(`${drops.map(({ check }) => check).join('+')}: ${text}`);
    for (const { check } of drops) cell.by.set(check, (cell.by.get(check) ?? 0) + 1);
  }

  const sound = () => cells.get('sound') ?? { total: 0, dropped: 0 };
  const faulty = () => [...cells].filter(([truth]) => truth !== 'sound').map(([, cell]) => cell);
  const sum = (pick: (cell: Cell) => number) => faulty().reduce((total, cell) => total + pick(cell), 0);

  return {
    add,
    /** Share of a defect's replies that were dropped, of all defects' without a name. */
    recall(defect?: string): number {
      const cell = defect === undefined ? null : cells.get(defect);
      if (defect !== undefined) return cell ? cell.dropped / cell.total : 1;
      return sum(({ dropped }) => dropped) / sum(({ total }) => total);
    },
    /** Share of dropped replies that have a defect. */
    precision(): number {
      const right = sum(({ dropped }) => dropped);
      return right / (right + sound().dropped);
    },
    /** Share of sound replies that were dropped. */
    wronglyDropped: () => sound().dropped / Math.max(1, sound().total),
    missed: (defect: string) => cells.get(defect)?.missed.slice(0, 4) ?? [],
    wrong: () => wrong.slice(0, 8),
    table(title: string): string {
      const rows = [...cells].map(([truth, { total, dropped, warned, by }]) => {
        const named = [...by]
          .sort(([, one], [, other]) => other - one)
          .map(([check, count]) => `${check} ${count}`);
        return `${truth.padEnd(17)} ${String(total).padStart(6)} ${String(dropped).padStart(6)} ${String(warned).padStart(6)}  ${named.join(', ')}`;
      });
      return [title, 'truth              replies  drop   warn  by check', ...rows].join('\n');
    },
  };
}
