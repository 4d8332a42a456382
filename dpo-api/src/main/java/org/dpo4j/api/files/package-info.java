/**
 * What is written to and read from directories that somebody else may write to as well: files that
 * are never written through a link, and JSON that may hold anything.
 */
@NullMarked
package org.dpo4j.api.files;

import org.jspecify.annotations.NullMarked;
