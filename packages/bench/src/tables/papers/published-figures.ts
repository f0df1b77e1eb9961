/**
 * The papers' figures, in percent: OpenAI's CLIP ViT-B/16, 16 shots unless noted otherwise, means over three seeds. The
 * numbers are in `published-figures.json`.
 *
 * Each block names the table its figures come from, and where each figure was read or what it was checked against; the
 * test next to this file checks every harmonic mean and every average. Figures without such a source are left out, for
 * example HiCroPL's per-dataset figures and KgCoOp's row of the cross-dataset table.
 */
import figures from './published-figures.json';

/** The source of a block of figures. */
export interface Source {
  /** The citation: authors, venue, year, table. */
  cited: string;
  url: string;
  /** Where the figures were read, and how a figure that could not be read anywhere was checked. */
  read: string;
}

/**
 * Base-to-new: per dataset in the order of `elevenDatasets`, and the averages as stated, or computed if `read` says so.
 */
export interface BaseToNewFigures extends Source {
  base?: number[];
  new?: number[];
  H?: number[];
  average: { base?: number; new?: number; H?: number };
}

/**
 * Trained on ImageNet, tested on it and on others in the order of `elevenDatasets` after it, or of `imagenetVariants`.
 */
export interface TransferFigures extends Source {
  source?: number;
  targets: number[];
  /** Average over the targets as stated, or computed if `read` says so. */
  average: number;
}

/** By number of shots: per dataset in the order of `elevenDatasets`, and the stated averages; either may be missing. */
export interface FewShotFigures extends Source {
  tasks: Record<string, number[]>;
  average: Record<string, number>;
}

/** By method. */
export const baseToNewFigures: Record<string, BaseToNewFigures> = figures.baseToNew;
export const crossDatasetFigures: Record<string, TransferFigures> = figures.crossDataset;
export const domainGeneralizationFigures: Record<string, TransferFigures> = figures.domainGeneralization;
export const fewShotFigures: Record<string, FewShotFigures> = figures.fewShot as Record<string, FewShotFigures>;
