import { withViews } from '../methods/name-views.js';
import type { RunRecord } from './record.js';

/**
 * Records with their methods named as in tables: several views, `clip, 5 views`, or towers below float32, `clip, int8`,
 * make a different experiment. Records with neither are returned unchanged.
 */
export const namedByViews = (records: readonly RunRecord[]): RunRecord[] =>
  records.map(record => {
    const { views, precision } = record.config;
    const method = withViews(record.config.method, views, precision);
    return method === record.config.method ? record : { ...record, config: { ...record.config, method } };
  });
