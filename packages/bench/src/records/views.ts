import { withViews } from '../methods/name-views.js';
import type { RunRecord } from './record.js';

/**
 * Records whose methods have their names in tables: numbers of several views, `clip, 5 views`, or of towers below
 * float32, `clip, int8`, are those of another experiment. Records of neither stay the same objects.
 */
export const namedByViews = (records: readonly RunRecord[]): RunRecord[] =>
  records.map(record => {
    const { views, precision } = record.config;
    const method = withViews(record.config.method, views, precision);
    return method === record.config.method ? record : { ...record, config: { ...record.config, method } };
  });
