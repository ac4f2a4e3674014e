-- what is chosen from a vocabulary is a word of it
select listing_id, status, condition, body_style, drivetrain, transmission, aspiration, fuel_type, seller_type,
    title_status, exterior_color, interior_color
from listings
where status not in ('live', 'gone')
    or condition not in ('new', 'used', 'certified')
    or body_style not in (
        'sedan', 'suv', 'hatchback', 'wagon', 'coupe', 'convertible', 'pickup', 'van', 'minivan'
    )
    or drivetrain not in ('awd', '4wd', 'fwd', 'rwd', '2wd')
    or transmission not in ('automatic', 'manual', 'cvt', 'dual_clutch', 'semi_automatic', 'single_speed')
    or aspiration not in ('turbo', 'twin_turbo', 'supercharged', 'natural')
    or fuel_type not in (
        'gasoline', 'diesel', 'hybrid', 'plug_in_hybrid', 'electric', 'flex_fuel', 'lpg', 'cng', 'bi_fuel', 'hydrogen'
    )
    or seller_type not in ('dealer', 'private')
    or title_status not in ('clean', 'salvage', 'rebuilt', 'lemon')
    or exterior_color not in (
        'black', 'white', 'gray', 'silver', 'blue', 'red', 'green', 'brown', 'beige', 'gold', 'orange', 'yellow', 'purple',
        'other'
    )
    or interior_color not in (
        'black', 'white', 'gray', 'silver', 'blue', 'red', 'green', 'brown', 'beige', 'gold', 'orange', 'yellow', 'purple',
        'other'
    )
