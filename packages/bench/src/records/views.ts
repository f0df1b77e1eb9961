import { withViews } from '../methods/name-views.js';
import type { RunRecord } from './record.js';

/**
 * Records whose methods have their names in tables: numbers of several views, `clip, 5 views`, are those of another
 * experiment. Records of one view stay the same objects.
 */
export const namedByViews = (records: readonly RunRecord[]): RunRecord[] =>
  records.map(record => {
    const method = withViews(record.config.method, record.config.views);
    return method === record.config.method ? record : { ...record, config: { ...record.config, method } };
  });
