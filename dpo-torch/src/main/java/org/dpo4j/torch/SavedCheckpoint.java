package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;

/**
 * What became of a base's other files when a checkpoint was made of it: beside the weights, which
 * are written anew, and {@code config.json}, which may say less than it did.
 *
 * @param copied names in the base's directory, sorted
 * @param left names of those that were not copied, sorted, folders with a {@code /} at their end; a
 *     link to outside of the directory is marked as such
 */
public record SavedCheckpoint(ImmutableList<String> copied, ImmutableList<String> left) {}
