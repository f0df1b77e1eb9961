/** An event of ONNX Runtime's profile, as far as it is used here. */
export interface ProfileEvent {
  cat: string;
  name: string;
  /** Start and length, in microseconds. */
  ts: number;
  dur: number;
  args?: { op_name?: string; provider?: string; input_type_shape?: Record<string, number[]>[] };
}

/** Whether an event is the run of a node. */
export const isKernel = ({ cat, name }: Pick<ProfileEvent, 'cat' | 'name'>): boolean =>
  cat === 'Node' && name.endsWith('_kernel_time');
