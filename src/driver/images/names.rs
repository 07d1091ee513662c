//! What a cleaned drawing may hold: the elements and attributes of SVG 1.1 and SVG 2 that draw or tell, and nothing that runs or
//! loads (<https://www.w3.org/TR/SVG2/eltindex.html>, <https://www.w3.org/TR/SVG2/attindex.html>).

/// The elements, in the order of the alphabet.
const ELEMENTS: &str = "\
    a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer \
    feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB \
    feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting \
    feSpotLight feTile feTurbulence filter g image line linearGradient marker mask mpath path pattern polygon polyline \
    radialGradient rect set stop style svg switch symbol text textPath title tref tspan use view";

/// The attributes, in the order of the alphabet. `href`, `id` and `style` are not among them: they are looked into.
const ATTRIBUTES: &str = "\
    accumulate additive alignment-baseline amplitude aria-describedby aria-hidden aria-label aria-labelledby \
    aria-roledescription attributeName attributeType azimuth baseFrequency baseline-shift begin bias by calcMode class \
    clip clip-path clip-rule clipPathUnits color color-interpolation color-interpolation-filters color-rendering cx cy d \
    diffuseConstant direction display divisor dominant-baseline dur dx dy edgeMode elevation enable-background end \
    exponent fill fill-opacity fill-rule filter filterUnits flood-color flood-opacity font-family font-feature-settings \
    font-kerning font-size font-size-adjust font-stretch font-style font-variant font-weight fr from fx fy \
    glyph-orientation-horizontal glyph-orientation-vertical gradientTransform gradientUnits height image-rendering in in2 \
    intercept isolation k1 k2 k3 k4 kernelMatrix kernelUnitLength kerning keyPoints keySplines keyTimes lang lengthAdjust \
    letter-spacing lighting-color limitingConeAngle marker-end marker-mid marker-start markerHeight markerUnits \
    markerWidth mask mask-type maskContentUnits maskUnits max method min mix-blend-mode mode numOctaves offset opacity \
    operator order orient origin overflow paint-order path pathLength patternContentUnits patternTransform patternUnits \
    points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY repeatCount \
    repeatDur requiredExtensions requiredFeatures restart result role rotate rx ry scale seed shape-rendering side slope \
    spacing specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles stop-color stop-opacity \
    stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width \
    surfaceScale systemLanguage tableValues targetX targetY text-anchor text-decoration text-orientation text-rendering \
    textLength to transform transform-origin type unicode-bidi values vector-effect version viewBox visibility white-space \
    width word-spacing writing-mode x x1 x2 xChannelSelector y y1 y2 yChannelSelector z";

/// The name of an element that may stay.
pub fn element(name: &str) -> Option<&'static str> {
    known(ELEMENTS, name)
}

/// The name of an attribute that may stay.
pub fn attribute(name: &str) -> Option<&'static str> {
    known(ATTRIBUTES, name)
}

fn known(names: &'static str, name: &str) -> Option<&'static str> {
    names.split(' ').find(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert_eq!((element("a"), element("textPath"), element("view")), (Some("a"), Some("textPath"), Some("view")));
        assert_eq!((element("script"), attribute("onload"), attribute("href"), element("")), (None, None, None, None));
        assert!((ELEMENTS.to_owned() + ATTRIBUTES).split(' ').all(|name| !name.is_empty()));
    }
}
