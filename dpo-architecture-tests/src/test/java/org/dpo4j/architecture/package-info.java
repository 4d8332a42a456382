/** The room rules of dpo4j, each of which fails when it has nothing to look at. */
@NullMarked
package org.dpo4j.architecture;

import org.jspecify.annotations.NullMarked;
