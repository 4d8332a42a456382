/**
 * A run's metrics for TensorBoard: {@link org.dpo4j.api.tensorboard.TensorBoard} is a listener that
 * writes event files as TensorBoard reads them, without TensorFlow.
 */
@NullMarked
package org.dpo4j.api.tensorboard;

import org.jspecify.annotations.NullMarked;
