/** Untrusted JSON files, read strictly: {@link org.dpo4j.torch.internal.json.StrictJson}. */
@NullMarked
package org.dpo4j.torch.internal.json;

import org.jspecify.annotations.NullMarked;
