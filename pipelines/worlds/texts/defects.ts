/** Faults planted in replies, and what each takes from the latent quality, in its standard deviations. */
export const defectSeverity = {
  mixed_language: 1.6,
  garbled: 2.2,
  truncated: 1.5,
  repetition: 1.8,
  repeats_previous: 1.8,
  broken_markup: 0.9,
  breaks_character: 1.9,
  speaks_for_user: 1.4,
  no_hook: 0.8,
  refusal: 2,
  length_drift: 1,
  low_information: 1.7,
} as const;

export type Defect = keyof typeof defectSeverity;

export const defects = Object.keys(defectSeverity) as Defect[];
