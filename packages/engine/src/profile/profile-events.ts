/** An event of ONNX Runtime's profile; only the fields used here. */
export interface ProfileEvent {
  cat: string;
  name: string;
  /** Start and length, in microseconds. */
  ts: number;
  dur: number;
  args?: { op_name?: string; provider?: string; input_type_shape?: Record<string, number[]>[] };
}

/** Whether an event is a node's run. */
export const isKernel = ({ cat, name }: Pick<ProfileEvent, 'cat' | 'name'>): boolean =>
  cat === 'Node' && name.endsWith('_kernel_time');
